// Voicemail boxes: read, add, change, remove.
import { answer, api, type Schemas } from "../api/client";

export type Mailboxes = Schemas["Mailboxes"];
export type Mailbox = Schemas["MailboxView"];
export type MailboxForm = Schemas["MailboxForm"];

const at = (mailbox_id: string) => ({ params: { path: { mailbox_id } } });

export const listMailboxes = (): Promise<Mailboxes> => answer(api.GET("/api/mailboxes"));
export const addMailbox = (body: MailboxForm) => answer(api.POST("/api/mailboxes", { body }));
export const changeMailbox = (id: string, body: MailboxForm) => answer(api.PUT("/api/mailboxes/{mailbox_id}", { ...at(id), body }));
export const removeMailbox = (id: string) => answer(api.DELETE("/api/mailboxes/{mailbox_id}", at(id)));
