// The configuration as text, its versions, and sounds for prompts.
import { answer, api, type Schemas } from "../api/client";

export type Config = Schemas["ConfigView"];
export type Fault = Schemas["Fault"];
export type Version = Schemas["Version"];
export type Sound = Schemas["SoundView"];
export type AuditRow = Schemas["AuditRow"];

const at = (version: number) => ({ params: { path: { version } } });

export const readConfig = (): Promise<Config> => answer(api.GET("/api/config"));
export const checkConfig = (toml: string) => answer(api.POST("/api/config/check", { body: { toml } }));
export const applyConfig = (body: Schemas["ToApply"]) => answer(api.POST("/api/config/apply", { body }));
export const confirmConfig = (version: number) => answer(api.POST("/api/config/confirm", { body: { version } }));
export const listVersions = (): Promise<Version[]> => answer(api.GET("/api/config/versions"));
export const readVersion = (version: number) => answer(api.GET("/api/config/versions/{version}", at(version)));
export const restoreVersion = (version: number) => answer(api.POST("/api/config/versions/{version}/restore", at(version)));
export const listAudit = (): Promise<AuditRow[]> => answer(api.GET("/api/audit"));

export const readDifference = (version: number) =>
  answer(api.GET("/api/config/versions/{version}/difference", at(version)));

export function uploadSound(file: File): Promise<Sound> {
  const form = new FormData();
  form.append("file", file);
  // The generated type says string for a file; what is sent is the form as it is.
  return answer(api.POST("/api/prompts", { body: { file: "" }, bodySerializer: () => form }));
}
