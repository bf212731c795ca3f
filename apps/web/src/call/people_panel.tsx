import type { Guest, Lock, Person } from "@libconf/client";
import { useComputed, useSignal } from "@preact/signals";
import { t, type Key } from "../i18n/index.ts";
import { Button, Icon, Menu, Select, TextField, Toggle } from "../kit/index.ts";
import { act } from "./act.ts";
import { hueOf } from "./hue.ts";
import { useCall } from "./model.ts";
import { personActions } from "./person_actions.ts";
import { initialsOf } from "./tile.tsx";

type Sort = "name" | "hands" | "came";
const lockNames: readonly Lock[] = ["microphone", "camera", "screen", "chat", "private_chat", "people"];

/** Who is here, whose hand is up since when, who waits; and for moderators everything that they may do. */
export function PeoplePanel() {
    const { client } = useCall();
    const search = useSignal("");
    const sort = useSignal<Sort>("hands");
    const shown = useComputed(() => sorted(client.people.value, search.value, sort.value));
    const may = client.may.value;
    const hands = client.people.value.filter((one) => one.hand.value !== null).length;
    return (
        <div class="panel-body">
            {client.waiting.value.length > 0 && <WaitingList guests={client.waiting.value} />}
            <div class="people-tools">
                <TextField
                    label={t("call.search-people")}
                    value={search.value}
                    onInput={(value) => (search.value = value)}
                />
                <Select
                    label={t("call.sort")}
                    value={sort.value}
                    options={(["hands", "name", "came"] as const).map((value) => ({
                        value,
                        label: t(`call.sort-${value}` as Key),
                    }))}
                    onChange={(value) => (sort.value = value as Sort)}
                />
            </div>
            <ul class="people" aria-label={t("call.people")}>
                {shown.value.map((person) => (
                    <PersonLine key={person.id} person={person} />
                ))}
            </ul>
            {shown.value.length === 0 && <p class="empty">{t("call.nobody-found")}</p>}
            {may.moderate && <Moderation hands={hands} />}
        </div>
    );
}

export function sorted(people: readonly Person[], search: string, by: Sort): readonly Person[] {
    const wanted = fold(search.trim());
    const found = people.filter((one) => fold(one.name.value).includes(wanted));
    const byName = (a: Person, b: Person): number => a.name.value.localeCompare(b.name.value);
    const hand = (one: Person): number => one.hand.value ?? Infinity;
    switch (by) {
        case "name":
            return [...found].sort(byName);
        case "came":
            return [...found].sort((a, b) => a.joined - b.joined);
        case "hands":
            return [...found].sort((a, b) => (hand(a) === hand(b) ? byName(a, b) : hand(a) - hand(b)));
    }
}

/** "Zoé" is found by "zoe". */
function fold(text: string): string {
    return text.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase();
}

function PersonLine({ person }: { readonly person: Person }) {
    const call = useCall();
    const name = person.name.value;
    const role = person.role.value;
    const notes = [
        person.isSelf ? t("call.you") : "",
        role === "viewer" ? "" : t(`call.role-${role}` as Key),
        person.guest.value ? t("call.guest") : "",
        person.here.value ? "" : t("call.state-lost"),
        person.away.value ? t("call.state-away") : "",
    ].filter((one) => one !== "");
    const items = personActions(call, person, null);
    return (
        <li class={person.here.value ? undefined : "lost"}>
            <span class="initials small" aria-hidden="true" data-hue={hueOf(person.id)}>
                {initialsOf(name)}
            </span>
            <span class="person-name">
                {name}
                {notes.length > 0 && <small>{notes.join(", ")}</small>}
            </span>
            {person.hand.value !== null && (
                <span class="person-sign hand" role="img" aria-label={t("call.state-hand")}>
                    <Icon name="hand" />
                </span>
            )}
            <span
                class="person-sign"
                role="img"
                aria-label={t(person.microphone.value ? "call.state-unmuted" : "call.state-muted")}
            >
                <Icon name={person.microphone.value ? "mic" : "mic-off"} />
            </span>
            {items.length > 0 && (
                <Menu icon="more" iconOnly label={t("call.actions-for", { name })} items={items} />
            )}
        </li>
    );
}

function WaitingList({ guests }: { readonly guests: readonly Guest[] }) {
    const { client } = useCall();
    const message = useSignal("");
    const sent = useSignal(false);
    return (
        <section class="waiting-list" aria-labelledby="waiting-title">
            <div class="row between">
                <h3 id="waiting-title">{t("call.waiting", { count: guests.length })}</h3>
                {guests.length > 1 && (
                    <Button label={t("call.let-all-in")} icon="door" onClick={() => act(client.admitAll())} />
                )}
            </div>
            <ul>
                {guests.map((guest) => (
                    <li key={guest.id}>
                        <span class="person-name">{guest.name}</span>
                        <Button
                            kind="main"
                            label={t("call.let-in")}
                            onClick={() => act(client.admit(guest.id))}
                        />
                        <Button label={t("call.refuse")} onClick={() => act(client.refuse(guest.id))} />
                    </li>
                ))}
            </ul>
            <form
                class="row"
                onSubmit={(event) => {
                    event.preventDefault();
                    act(client.lobbyMessage(message.value.trim()).then(() => (sent.value = true)));
                }}
            >
                <TextField
                    label={t("call.lobby-message")}
                    value={message.value}
                    maxLength={500}
                    onInput={(value) => {
                        message.value = value;
                        sent.value = false;
                    }}
                />
                <Button
                    submit
                    icon={sent.value ? "check" : "send"}
                    iconOnly
                    label={t("call.send")}
                    onClick={() => undefined}
                />
            </form>
        </section>
    );
}

function Moderation({ hands }: { readonly hands: number }) {
    const { client } = useCall();
    const room = client.room.value;
    if (room === null) return null;
    return (
        <section class="moderation" aria-labelledby="moderation-title">
            <h3 id="moderation-title">{t("call.moderation")}</h3>
            <div class="row wrap">
                <Button icon="mic-off" label={t("call.mute-all")} onClick={() => act(client.muteAll())} />
                <Button
                    icon="hand"
                    label={t("call.lower-all-hands")}
                    disabled={hands === 0}
                    reason={hands === 0 ? t("call.no-hands") : undefined}
                    onClick={() => act(client.lowerAllHands())}
                />
            </div>
            <Toggle
                label={t("call.lobby")}
                hint={t(room.lobby ? "call.lobby-on" : "call.lobby-off")}
                checked={room.lobby}
                onChange={(on) => act(client.setLobby(on))}
            />
            <fieldset>
                <legend>{t("call.viewers-may")}</legend>
                {lockNames.map((lock) => (
                    <Toggle
                        key={lock}
                        label={t(`call.may-${lock}` as Key)}
                        checked={!room.locks[lock]}
                        onChange={(on) => act(client.setLocks({ [lock]: !on }))}
                    />
                ))}
            </fieldset>
        </section>
    );
}
