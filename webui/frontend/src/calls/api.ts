// Calls on record and live ones: everything the page asks about them.
import { answer, api, type Schemas } from "../api/client";
import type { paths } from "../api/schema";

export type Call = Schemas["ListedCall"];
export type CallPage = Schemas["CallPage"];
export type CallStory = Schemas["CallStory"];
export type CallNote = Schemas["NoteRow"];
export type LogEntry = Schemas["AuditRow"];
export type StoryStep = Schemas["StoryStep"];
export type OfficeNames = Schemas["OfficeNames"];
export type Peaks = Schemas["Peaks"];
export type CallQuery = NonNullable<paths["/api/calls"]["get"]["parameters"]["query"]>;
export type Disposition = NonNullable<Call["disposition"]>;
export type Length = Schemas["Length"];

// Written out so that a new one in the box is a type error here.
const ALL_DISPOSITIONS: Record<Disposition, true> = {
  answered: true,
  voicemail: true,
  "no-answer": true,
  busy: true,
  failed: true,
  abandoned: true,
  blocked: true,
  machine: true,
  interrupted: true,
};
export const DISPOSITIONS = Object.keys(ALL_DISPOSITIONS) as Disposition[];
const ALL_LENGTHS: Record<Length, true> = { "under-30-s": true, "under-2-min": true, "under-10-min": true, longer: true };
export const LENGTHS = Object.keys(ALL_LENGTHS) as Length[];

export const listCalls = (query: CallQuery): Promise<CallPage> => answer(api.GET("/api/calls", { params: { query } }));
export const readNames = (): Promise<OfficeNames> => answer(api.GET("/api/calls/names"));

const at = (call_id: string) => ({ params: { path: { call_id } } });

export const readCall = (id: string): Promise<CallStory> => answer(api.GET("/api/calls/{call_id}", at(id)));
export const readLog = (id: string): Promise<LogEntry[]> => answer(api.GET("/api/calls/{call_id}/log", at(id)));
export const clearCall = (id: string) => answer(api.POST("/api/calls/{call_id}/clear", at(id)));
export const starCall = (id: string, starred: boolean) =>
  answer(api.PUT("/api/calls/{call_id}/star", { ...at(id), body: { starred } }));
export const addNote = (id: string, text: string) =>
  answer(api.POST("/api/calls/{call_id}/notes", { ...at(id), body: { text } }));
export const removeNote = (call_id: string, note_id: string) =>
  answer(api.DELETE("/api/calls/{call_id}/notes/{note_id}", { params: { path: { call_id, note_id } } }));
export const deleteRecording = (id: string, reason: string) =>
  answer(api.DELETE("/api/calls/{call_id}/recording", { ...at(id), body: { reason } }));
export const deleteCall = (id: string, reason: string) =>
  answer(api.DELETE("/api/calls/{call_id}", { ...at(id), body: { reason } }));
export const readPeaks = (id: string): Promise<Peaks> => answer(api.GET("/api/calls/{call_id}/recording/peaks", at(id)));
export const dial = (phone: string, called: string) => answer(api.POST("/api/calls", { body: { phone, called } }));

export const recordingUrl = (id: string) => `/api/calls/${id}/recording`;
export const fileUrl = (id: string, form: "flac" | "wav") => `/api/calls/${id}/recording/file?form=${form}`;
export const tableUrl = (query: CallQuery) =>
  `/api/calls/table.csv?${asked({ ...query, zone: Intl.DateTimeFormat().resolvedOptions().timeZone })}`;
export const soundsUrl = (query: CallQuery) => `/api/calls/recordings.zip?${asked(query)}`;

/** Fetch a file and hand it to the browser to keep; what the box refuses becomes its sentence. */
export async function takeFile(url: string): Promise<void> {
  const file = await answer(
    fetch(url).then(async (response) => ({
      response,
      ...(response.ok ? { data: { blob: await response.blob(), name: nameOf(response) } } : { error: await response.json() }),
    })),
  );
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file.blob);
  link.download = file.name;
  link.click();
  URL.revokeObjectURL(link.href);
}

function asked(wishes: Record<string, unknown>): string {
  const given = Object.entries(wishes).filter(([, value]) => value !== undefined && value !== null);
  return new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
}

const nameOf = (response: Response) => /filename="([^"]+)"/.exec(response.headers.get("content-disposition") ?? "")?.[1] ?? "";
