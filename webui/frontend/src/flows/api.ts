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
export type PhoneRecording = Schemas["PromptRecordingView"];
export type CallBack = Schemas["CallBackRow"];
type Drafted = Schemas["Draft"];
type Language = Schemas["ToSpeak"]["language"];

export const readFlows = (): Promise<FlowsView> => answer(api.GET("/api/flows"));
export const checkFlows = (body: Drafted) => answer(api.POST("/api/flows/check", { body }));
export const tryFlows = (body: Schemas["ToTry"]) => answer(api.POST("/api/flows/try", { body }));
export const publishFlows = (body: Schemas["ToPublish"]) => answer(api.POST("/api/flows/publish", { body }));
export const readTraffic = (): Promise<ExitCount[]> => answer(api.GET("/api/flows/traffic"));
export const soundUrl = (sound: string) => `/api/prompts/sounds/${sound}`;

export const recordByPhone = (phone: string): Promise<PhoneRecording> => answer(api.POST("/api/prompts/recordings", { body: { phone } }));
export const readPhoneRecording = (recording_id: string): Promise<PhoneRecording> =>
  answer(api.GET("/api/prompts/recordings/{recording_id}", { params: { path: { recording_id } } }));
export const readCallBacks = (): Promise<CallBack[]> => answer(api.GET("/api/call-backs"));
export const cancelCallBack = (call_back_id: string) =>
  answer(api.DELETE("/api/call-backs/{call_back_id}", { params: { path: { call_back_id } } }));

export const speakText = (text: string, language: string): Promise<Sound> =>
  answer(api.POST("/api/prompts/spoken", { body: { text, language: language as Language } }));
