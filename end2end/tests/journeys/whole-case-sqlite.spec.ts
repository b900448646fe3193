import { test } from "../../support/test.ts";
import { wholeCase } from "./whole-case.ts";

test.use({ database: "sqlite", city: "whole-case-sqlite" });
wholeCase("sqlite");
