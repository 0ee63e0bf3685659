// Other programs of the office: what tells them, and what they may ask with.
import { TokenList } from "./TokenList";
import { WebhookList } from "./WebhookList";

export default function ProgramsSettings() {
  return (
    <div className="stack">
      <WebhookList />
      <TokenList />
    </div>
  );
}
