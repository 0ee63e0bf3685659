// Who is logged in, and what they may change about themselves.
import { answer, api, type Schemas, useToken } from "./client";

export type Me = Schemas["MeView"];
type Language = Schemas["LanguageChoice"]["language"];

export async function readMe(): Promise<Me> {
  const me = await answer(api.GET("/api/me"));
  useToken(me.csrf);
  return me;
}

export const chooseLanguage = (language: Language) =>
  answer(api.PUT("/api/me/language", { body: { language } }));

export async function changePassword(old: string, fresh: string): Promise<void> {
  const me = await answer(api.PUT("/api/me/password", { body: { old, new: fresh } }));
  useToken(me.csrf);
}

export const prove = (password: string) => answer(api.POST("/api/me/proof", { body: { password } }));

export async function logOut(): Promise<void> {
  await answer(api.POST("/api/logout"));
  window.location.assign("/login");
}
