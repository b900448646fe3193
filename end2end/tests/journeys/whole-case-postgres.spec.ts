import { test } from "../../support/test.ts";
import { wholeCase } from "./whole-case.ts";

test.use({ database: "postgres", city: "whole-case-postgres" });
wholeCase("postgres");
