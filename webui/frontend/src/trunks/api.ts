// SIP trunks: read, add, change, remove.
import { answer, api, type Schemas } from "../api/client";

export type Trunk = Schemas["TrunkView"];
export type TrunkForm = Schemas["TrunkForm"];

const at = (trunk_id: string) => ({ params: { path: { trunk_id } } });

export const listTrunks = (): Promise<Trunk[]> => answer(api.GET("/api/trunks"));
export const addTrunk = (body: TrunkForm) => answer(api.POST("/api/trunks", { body }));
export const changeTrunk = (id: string, body: TrunkForm) => answer(api.PUT("/api/trunks/{trunk_id}", { ...at(id), body }));
export const removeTrunk = (id: string) => answer(api.DELETE("/api/trunks/{trunk_id}", at(id)));
