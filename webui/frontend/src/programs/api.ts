// What other programs of the office get: tokens to ask with, webhooks to be told by.
import { answer, api, type Schemas } from "../api/client";

export type Scope = Schemas["Scope"];
export type Webhook = Schemas["HookView"];
export type Kind = Schemas["HookKind"];
export interface Wish {
  url: string;
  kinds: Kind[];
}

const hook = (hook_id: string) => ({ params: { path: { hook_id } } });

export const listTokens = () => answer(api.GET("/api/tokens"));
export const makeToken = (name: string, scopes: Scope[]) => answer(api.POST("/api/tokens", { body: { name, scopes } }));
export const removeToken = (name: string) => answer(api.DELETE("/api/tokens/{name}", { params: { path: { name } } }));

export const listWebhooks = () => answer(api.GET("/api/webhooks"));
export const addWebhook = (wish: Wish) => answer(api.POST("/api/webhooks", { body: wish }));
export const changeWebhook = (id: string, wish: Wish, enabled: boolean) =>
  answer(api.PUT("/api/webhooks/{hook_id}", { ...hook(id), body: { ...wish, enabled } }));
export const removeWebhook = (id: string) => answer(api.DELETE("/api/webhooks/{hook_id}", hook(id)));
export const testWebhook = (id: string) => answer(api.POST("/api/webhooks/{hook_id}/test", hook(id)));
export const sendParkedAgain = (id: string) => answer(api.POST("/api/webhooks/{hook_id}/parked", hook(id)));
export const dropParked = (id: string) => answer(api.DELETE("/api/webhooks/{hook_id}/parked", hook(id)));
