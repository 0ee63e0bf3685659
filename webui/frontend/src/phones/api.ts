// Extensions, their phones, and trunks: what the forms read and change.
import { answer, api, type Schemas } from "../api/client";

export type OfficePhones = Schemas["OfficePhones"];
export type Extension = Schemas["OfficeExtension"];
export type Phone = Schemas["OfficePhone"];
export type NewExtension = Schemas["NewExtension"];
export type Account = Schemas["SipAccount"];
export type ExtensionFields = Omit<Schemas["ChangedExtension"], "devices">;

const at = (extension_id: string) => ({ params: { path: { extension_id } } });
const phoneAt = (extension_id: string, line_id: string) => ({ params: { path: { extension_id, line_id } } });

export const listExtensions = (): Promise<OfficePhones> => answer(api.GET("/api/extensions"));
export const addExtension = (body: NewExtension) => answer(api.POST("/api/extensions", { body }));
export const removeExtension = (id: string) => answer(api.DELETE("/api/extensions/{extension_id}", at(id)));

export const changeExtension = (id: string, body: Schemas["ChangedExtension"]) =>
  answer(api.PUT("/api/extensions/{extension_id}", { ...at(id), body }));

export const addPhone = (id: string, label: string) =>
  answer(api.POST("/api/extensions/{extension_id}/phones", { ...at(id), body: { label } }));

export const removePhone = (id: string, line: string) =>
  answer(api.DELETE("/api/extensions/{extension_id}/phones/{line_id}", phoneAt(id, line)));

export const renewSecret = (id: string, line: string) =>
  answer(api.POST("/api/extensions/{extension_id}/phones/{line_id}/secret", phoneAt(id, line)));
