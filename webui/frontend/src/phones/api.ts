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

export const switchExtension = (id: string, body: Schemas["Switches"]) =>
  answer(api.POST("/api/extensions/{extension_id}/switches", { ...at(id), body }));

export const addPhone = (id: string, label: string) =>
  answer(api.POST("/api/extensions/{extension_id}/phones", { ...at(id), body: { label } }));

export const removePhone = (id: string, line: string) =>
  answer(api.DELETE("/api/extensions/{extension_id}/phones/{line_id}", phoneAt(id, line)));

export const renewSecret = (id: string, line: string) =>
  answer(api.POST("/api/extensions/{extension_id}/phones/{line_id}/secret", phoneAt(id, line)));

// ---- phones that fetch their configuration

export type Devices = Schemas["DevicesView"];
export type Device = Schemas["DeviceView"];
export type SeenDevice = Schemas["SeenView"];
export type DeviceFields = Schemas["DeviceFields"];

const ofDevice = (mac: string) => ({ params: { path: { mac } } });

export const listDevices = (): Promise<Devices> => answer(api.GET("/api/devices"));
export const nameDevice = (mac: string, fields: DeviceFields) => answer(api.POST("/api/devices", { body: { mac, ...fields } }));
export const changeDevice = (mac: string, body: DeviceFields) => answer(api.PUT("/api/devices/{mac}", { ...ofDevice(mac), body }));
export const openWindow = (mac: string) => answer(api.POST("/api/devices/{mac}/window", ofDevice(mac)));
export const forgetDevice = (mac: string) => answer(api.DELETE("/api/devices/{mac}", ofDevice(mac)));
export const overlookDevice = (mac: string) => answer(api.DELETE("/api/devices/seen/{mac}", ofDevice(mac)));

// ---- codes

export type Code = Schemas["OfficeCode"];

export const listCodes = (): Promise<Code[]> => answer(api.GET("/api/codes"));
export const changeCode = (name: Code["name"], keys: string) =>
  answer(api.PUT("/api/codes/{name}", { params: { path: { name } }, body: { keys } }));

// ---- what may be dialled

export type Dialling = Schemas["Dialling"];
export type GuardFields = Schemas["GuardFields-Input"];
export type DialClass = Schemas["DialClassForm"];

export const readDialling = (): Promise<Dialling> => answer(api.GET("/api/dialling"));
export const changeGuard = (body: GuardFields) => answer(api.PUT("/api/dialling", { body }));
export const changeClass = (id: string, body: DialClass) =>
  answer(api.PUT("/api/dialling/classes/{class_id}", { params: { path: { class_id: id } }, body }));
export const removeClass = (class_id: string) =>
  answer(api.DELETE("/api/dialling/classes/{class_id}", { params: { path: { class_id } } }));

// ---- over which lines calls go out

export type LinesOut = Schemas["LinesOut"];
export type LineOut = Schemas["LineOut-Input"];
export type DialTrial = Schemas["DialTrial"];
export type WaysOut = Schemas["WaysOut"];

export const readLinesOut = (): Promise<LinesOut> => answer(api.GET("/api/lines-out"));
export const changeLinesOut = (based_on: number, chosen: LineOut[]) => answer(api.PUT("/api/lines-out", { body: { based_on, chosen } }));
export const tryDialling = (body: DialTrial): Promise<WaysOut> => answer(api.POST("/api/lines-out/preview", { body }));

// ---- groups

export type Groups = Schemas["Groups"];
export type Group = Schemas["RingGroup"];

export const listGroups = (): Promise<Groups> => answer(api.GET("/api/groups"));
export const changeGroup = (based_on: number, group: Group) =>
  answer(api.PUT("/api/groups/{group_id}", { params: { path: { group_id: group.id } }, body: { based_on, group } }));
export const removeGroup = (group_id: string) => answer(api.DELETE("/api/groups/{group_id}", { params: { path: { group_id } } }));
