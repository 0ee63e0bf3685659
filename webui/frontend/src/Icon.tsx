// The page's icons: one stroke, 24 by 24, no icon font and no package.
const PATHS = {
  now: "M3 12h4l3-8 4 16 3-8h4",
  calls: "M6 4h12v16l-3-2-3 2-3-2-3 2zM9 9h6M9 13h4",
  voicemail: "M6.5 16a3.5 3.5 0 1 1 0-7 3.5 3.5 0 0 1 0 7zm11 0a3.5 3.5 0 1 1 0-7 3.5 3.5 0 0 1 0 7zM6.5 16h11",
  lines: "M8 3v5m8-5v5M6 8h12v4a6 6 0 0 1-12 0zM12 18v3",
  settings: "M4 7h10m4 0h2M4 17h2m4 0h10M16 5v4M8 15v4",
  help: "M9.5 9a2.5 2.5 0 1 1 3.6 2.2c-.8.4-1.1 1-1.1 1.8v.5m0 3v.1M12 21a9 9 0 1 1 0-18 9 9 0 0 1 0 18z",
  language: "M12 21a9 9 0 1 1 0-18 9 9 0 0 1 0 18zM3 12h18M12 3c3 3 3 15 0 18M12 3c-3 3-3 15 0 18",
  person: "M12 12a4 4 0 1 1 0-8 4 4 0 0 1 0 8zM4 20c1-4 4-5 8-5s7 1 8 5",
  incoming: "M18 6 6 18m0-9v9h9",
  outgoing: "M6 18 18 6m0 9V6H9",
  play: "M8 5v14l11-7z",
  pause: "M8 5v14M16 5v14",
  record: "M12 16a4 4 0 1 1 0-8 4 4 0 0 1 0 8z",
  phone: "M6 4l3 0 1.500 4-2 1.500a11 11 0 0 0 6 6l1.500-2 4 1.500v3c0 1-1 2-2 2A15 15 0 0 1 4 6c0-1 1-2 2-2z",
  trash: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13",
  check: "M5 12l5 5 9-10",
  alarm: "M12 4 2.500 20h19zM12 10v4m0 3v.1",
  sun: "M12 16a4 4 0 1 1 0-8 4 4 0 0 1 0 8zM12 2v2m0 16v2M2 12h2m16 0h2M5 5l1.500 1.500m11 11L19 19M5 19l1.500-1.500m11-11L19 5",
  back: "M15 5l-7 7 7 7",
  phones: "M5 9h14v10H5zM8 9c0-3 8-3 8 0M3 8c0-5 18-5 18 0v2h-4V8H7v2H3zM12 12v4m-2-2h4",
  up: "M12 19V5m-6 6 6-6 6 6",
  flows: "M4 4h6v5H4zM14 15h6v5h-6zM14 4h6v5h-6zM10 6.500h4M7 9v8.500h7",
  star: "M12 3.500l2.600 5.400 5.900.8-4.300 4.100 1 5.900-5.200-2.800-5.200 2.800 1-5.900-4.300-4.100 5.900-.8z",
  note: "M5 4h14v11l-5 5H5zM14 20v-5h5M8 9h8M8 13h4",
  download: "M12 4v11m-5-5 5 5 5-5M5 20h14",
  search: "M10.500 17a6.500 6.500 0 1 1 0-13 6.500 6.500 0 0 1 0 13zM15.500 15.500 21 21",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
} as const;

export type IconName = keyof typeof PATHS | "hangup";

export function Icon({ name, size = 20, filled = false }: { name: IconName; size?: number; filled?: boolean }) {
  const lying = name === "hangup";
  const solid = filled || name === "play" || name === "record";
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill={solid ? "currentColor" : "none"}
      stroke="currentColor"
      strokeWidth="1.8"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden
      style={{ flex: "none", verticalAlign: "middle", transform: lying ? "rotate(135deg)" : undefined }}
    >
      <path d={PATHS[name === "hangup" ? "phone" : name]} />
    </svg>
  );
}
