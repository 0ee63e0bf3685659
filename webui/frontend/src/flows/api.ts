// Call flows: read, check, try out, publish; prompts spoken and uploaded on the spot.
import { answer, api, type Schemas } from "../api/client";

export type FlowsView = Schemas["FlowsView"];
export type NodeForm = Schemas["NodeForm"];
export type FieldForm = Schemas["FieldForm"];
export type FlowFault = Schemas["FlowFault"];
export type Step = Schemas["StepView"];
export type Heard = Schemas["HeardView"];
export type ExitCount = Schemas["ExitCount"];
export type Sound = Schemas["SoundView"];
type Drafted = Schemas["Draft"];
type Language = Schemas["ToSpeak"]["language"];

export const readFlows = (): Promise<FlowsView> => answer(api.GET("/api/flows"));
export const checkFlows = (body: Drafted) => answer(api.POST("/api/flows/check", { body }));
export const tryFlows = (body: Schemas["ToTry"]) => answer(api.POST("/api/flows/try", { body }));
export const publishFlows = (body: Schemas["ToPublish"]) => answer(api.POST("/api/flows/publish", { body }));
export const readTraffic = (): Promise<ExitCount[]> => answer(api.GET("/api/flows/traffic"));
export const soundUrl = (sound: string) => `/api/prompts/sounds/${sound}`;

export const speakText = (text: string, language: string): Promise<Sound> =>
  answer(api.POST("/api/prompts/spoken", { body: { text, language: language as Language } }));
