// People, their sessions and second factors, the page's certificate.
import { answer, api, type Schemas } from "../api/client";

export type Person = Schemas["PersonView"];
export type Role = Schemas["Role"];
export type Handed = Schemas["HandedCode"];
export type Offer = Schemas["SecondOffer"];

const of = (name: string) => ({ params: { path: { name } } });

export const listPeople = () => answer(api.GET("/api/users"));
export const addPerson = (name: string, role: Role) => answer(api.POST("/api/users", { body: { name, role } }));
export const giveRole = (name: string, role: Role) => answer(api.PUT("/api/users/{name}/role", { ...of(name), body: { role } }));
export const giveExtension = (name: string, extension: string | null) =>
  answer(api.PUT("/api/users/{name}/extension", { ...of(name), body: { extension } }));
export const giveCode = (name: string) => answer(api.POST("/api/users/{name}/code", of(name)));
export const removePerson = (name: string) => answer(api.DELETE("/api/users/{name}", of(name)));
export const endSession = (name: string, session_id: string) =>
  answer(api.DELETE("/api/users/{name}/sessions/{session_id}", { params: { path: { name, session_id } } }));

export const offerSecond = () => answer(api.POST("/api/me/second-factor"));
export const turnOnSecond = (code: string) => answer(api.PUT("/api/me/second-factor", { body: { code } }));
export const turnOffSecond = () => answer(api.DELETE("/api/me/second-factor"));


export const readCertificate = () => answer(api.GET("/api/certificate"));
export const putCertificate = (certificate: string, key: string) =>
  answer(api.PUT("/api/certificate", { body: { certificate, key } }));
export const dropOwnCertificate = () => answer(api.DELETE("/api/certificate"));

export const iso = (seconds: number) => new Date(seconds * 1000).toISOString();
export const keepCertificate = () => answer(api.POST("/api/certificate/keep"));
