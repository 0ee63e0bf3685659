// Messages callers left.
import { answer, api, type Schemas } from "../api/client";

export type Voicemail = Schemas["VoicemailView"];

const at = (voicemail_id: string) => ({ params: { path: { voicemail_id } } });

export const listVoicemail = (): Promise<Voicemail[]> => answer(api.GET("/api/voicemail"));
export const mark = (id: string, heard: boolean) =>
  answer(api.PUT("/api/voicemail/{voicemail_id}/heard", { ...at(id), body: { heard } }));
export const deleteVoicemail = (id: string) => answer(api.DELETE("/api/voicemail/{voicemail_id}", at(id)));
export const readPeaks = (id: string) => answer(api.GET("/api/voicemail/{voicemail_id}/peaks", at(id)));
export const voicemailUrl = (id: string) => `/api/voicemail/${id}/audio`;
