// The kit: every page and the call are made of these.

export { Announcer, announce } from "./announce.tsx";
export { Button, type ButtonProps } from "./button.tsx";
export { Dialog } from "./dialog.tsx";
export { Select, TextField, Toggle, type Choice } from "./fields.tsx";
export { Icon, type IconName } from "./icon.tsx";
export { Menu, type MenuItem } from "./menu.tsx";
export { Meter } from "./meter.tsx";
export { Tabs, type Tab } from "./tabs.tsx";
export { dismissToast, toast, Toasts } from "./toast.tsx";
