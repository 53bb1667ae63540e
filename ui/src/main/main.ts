import { mount } from "svelte";
import "../look/base.css";
import { present } from "../present.svelte";
import Main from "./Main.svelte";

present.follow();
mount(Main, { target: document.body });
