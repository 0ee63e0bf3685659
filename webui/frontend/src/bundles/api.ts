// Bundles: what waits, what became of the last, whose signature is known.
import { answer, api, type Schemas } from "../api/client";

export type Bundles = Schemas["Bundles"];
export type WaitingBundle = Schemas["WaitingBundle"];
export type BundleResult = Schemas["Result"];
export type KnownKey = Schemas["KnownKey"];
type KeyFields = Schemas["KeyFields"];

export const EXPORT = "/api/bundles/export";

const of = (bundle_id: string) => ({ params: { path: { bundle_id } } });
const ofKey = (key_id: string) => ({ params: { path: { key_id } } });

export const listBundles = (): Promise<Bundles> => answer(api.GET("/api/bundles"));
export const acceptBundle = (id: string) => answer(api.POST("/api/bundles/{bundle_id}/accept", of(id)));
export const dropBundle = (id: string) => answer(api.DELETE("/api/bundles/{bundle_id}", of(id)));

export function uploadBundle(file: File): Promise<WaitingBundle> {
  const form = new FormData();
  form.append("file", file);
  // The generated type says string for a file; what is sent is the form as it is.
  return answer(api.POST("/api/bundles", { body: { file: "" }, bodySerializer: () => form }));
}

export const listKeys = (): Promise<KnownKey[]> => answer(api.GET("/api/bundle-keys"));
export const addKey = (body: Schemas["NewKey"]) => answer(api.POST("/api/bundle-keys", { body }));
export const changeKey = (id: string, body: KeyFields) => answer(api.PUT("/api/bundle-keys/{key_id}", { ...ofKey(id), body }));
export const removeKey = (id: string) => answer(api.DELETE("/api/bundle-keys/{key_id}", ofKey(id)));
