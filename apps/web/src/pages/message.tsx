import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { go } from "../app/route.ts";
import { t } from "../i18n/index.ts";
import { Button, type ButtonProps } from "../kit/index.ts";
import { Frame } from "./frame.tsx";

/** One sentence on what happened, one on what to do, and the way out first. */
export function MessagePage(props: {
    readonly title: string;
    readonly text: string;
    readonly action?: Pick<ButtonProps, "label" | "onClick" | "disabled" | "icon">;
    readonly children?: ComponentChildren;
    readonly home?: boolean;
}) {
    const heading = useRef<HTMLHeadingElement>(null);
    useEffect(() => heading.current?.focus(), [props.title]);
    return (
        <Frame title={props.title} narrow>
            <div class="message">
                <h1 ref={heading} tabIndex={-1}>
                    {props.title}
                </h1>
                <p>{props.text}</p>
                {props.children}
                <div class="row">
                    {props.action !== undefined && <Button kind="main" {...props.action} />}
                    {props.home !== false && (
                        <Button kind="quiet" label={t("entry.home")} onClick={() => go("/")} />
                    )}
                </div>
            </div>
        </Frame>
    );
}
