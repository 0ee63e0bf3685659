// Backups: what there is, the plan, one now, the emergency sheet.
import { answer, api, type Schemas } from "../api/client";

export type Backups = Schemas["BackupsPage"];
export type Backup = Schemas["BackupView"];
export type Plan = Schemas["Plan"];
export type Sheet = Schemas["EmergencySheet"];

const of = (name: string) => ({ params: { path: { name } } });

export const readBackups = () => answer(api.GET("/api/backups"));
export const makeBackup = (recordings: boolean) => answer(api.POST("/api/backups", { body: { recordings } }));
export const changePlan = (body: Plan) => answer(api.PUT("/api/backups/plan", { body }));
export const makeKey = (): Promise<Sheet> => answer(api.POST("/api/backups/key"));
export const deleteBackup = (name: string) => answer(api.DELETE("/api/backups/{name}", of(name)));

/** Asked first, so that a password typed too long ago is a sentence here and not a broken download. */
export async function download(name: string): Promise<void> {
  await answer(api.POST("/api/backups/{name}/download", of(name)));
  window.location.assign(`/api/backups/${encodeURIComponent(name)}`);
}

/** 3,250,000,000 is "3.3 GB"; below a megabyte there is nothing to tell apart. */
export function sizeShown(bytes: number, number: (n: number) => string): string {
  const megabytes = bytes / 1e6;
  if (megabytes >= 1000) return `${number(Math.round(megabytes / 100) / 10)} GB`;
  return `${number(Math.max(1, Math.round(megabytes)))} MB`;
}
