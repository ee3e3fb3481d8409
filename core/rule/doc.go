// Package rule is the rules that judge what the gate's guarantees let pass: their programs, the pack of them in force, what
// waits for a second operator's word, and for whom they are suspended.
//
// A rule's condition is a Program: a short list of fixed-size steps over whole numbers, which a checked condition was flattened to
// outside (package rules). It goes forwards only, so that it ends after as many steps as it has; it reads features and nothing
// else, allocates nothing, and has a result for every input. New verifies all of that: what is not verified cannot be run.
//
// Rules is the state: the pack in force and the one before it, proposals, snoozes and counters. Package core owns one, and changes
// it by the events RulesSet, RulesProposed, RulesRejected, RuleSnoozed and RuleFired only. All of it is bounded.
//
// What it refuses: a program that is not whole, a pack with two rules of one name, a change that loosens without the word of two.
// It knows neither keys nor books: what a feature is comes through Values.
package rule
