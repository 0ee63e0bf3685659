// The e-mail account, its outbox, and a test of it.
import { answer, api, type Schemas } from "../api/client";

export type MailSettings = Schemas["MailSettings"];
export type MailForm = Schemas["MailForm"];
export type Outbox = Schemas["MailView"];
export type Trial = Schemas["TrialView"];

export const readMail = (): Promise<MailSettings> => answer(api.GET("/api/mail"));
export const changeMail = (body: MailForm) => answer(api.PUT("/api/mail", { body }));
export const readOutbox = (): Promise<Outbox> => answer(api.GET("/api/mail/outbox"));
export const tryMail = (body: Schemas["MailTrial"]): Promise<Outbox> => answer(api.POST("/api/mail/trial", { body }));
