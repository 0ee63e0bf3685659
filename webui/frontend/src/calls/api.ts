// Calls on record and live ones: everything the page asks about them.
import { answer, api, type Schemas } from "../api/client";
import type { paths } from "../api/schema";

export type Call = Schemas["CallRow"];
export type CallPage = Schemas["CallPage"];
export type CallStory = Schemas["CallStory"];
export type StoryStep = Schemas["StoryStep"];
export type Peaks = Schemas["Peaks"];
export type CallQuery = NonNullable<paths["/api/calls"]["get"]["parameters"]["query"]>;
export type Disposition = NonNullable<Call["disposition"]>;

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

export const listCalls = (query: CallQuery): Promise<CallPage> => answer(api.GET("/api/calls", { params: { query } }));

const at = (call_id: string) => ({ params: { path: { call_id } } });

export const readCall = (id: string): Promise<CallStory> => answer(api.GET("/api/calls/{call_id}", at(id)));
export const clearCall = (id: string) => answer(api.POST("/api/calls/{call_id}/clear", at(id)));
export const deleteRecording = (id: string) => answer(api.DELETE("/api/calls/{call_id}/recording", at(id)));
export const readPeaks = (id: string): Promise<Peaks> => answer(api.GET("/api/calls/{call_id}/recording/peaks", at(id)));
export const dial = (phone: string, called: string) => answer(api.POST("/api/calls", { body: { phone, called } }));
export const recordingUrl = (id: string) => `/api/calls/${id}/recording`;
