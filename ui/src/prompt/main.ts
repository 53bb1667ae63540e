import { mount } from "svelte";
import "../look/base.css";
import { present } from "../present.svelte";
import Prompt from "./Prompt.svelte";

present.follow();
mount(Prompt, { target: document.body });
