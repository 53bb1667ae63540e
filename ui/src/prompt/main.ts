import { mount } from "svelte";
import "../look/base.css";
import { present } from "../present.svelte";
import { EarlyDigits } from "./early";
import Prompt from "./Prompt.svelte";

const early = new EarlyDigits(window);
present.follow();
mount(Prompt, { target: document.body, props: { early } });
