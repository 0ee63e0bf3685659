// Calls on record; with an id in the address, that one call.
import { readMe } from "../api/me";
import { useAnswer } from "../api/useAnswer";
import { usePath } from "../routing";
import { CallList } from "./CallList";
import { CallStoryPage } from "./CallStoryPage";

export default function CallsPage() {
  const id = usePath()[1];
  const me = useAnswer(readMe, "").value;
  if (me === null) return null;
  return id ? <CallStoryPage key={id} id={id} me={me} /> : <CallList me={me} />;
}
