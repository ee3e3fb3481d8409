// Package rules reads the files in which operators write detection rules, and makes of them what the venue's writer runs.
//
// A rule's condition is CEL over the features of instruction.Feature, which are whole numbers with the names of docs/FEATURES.md, such as
// key.loss_1h. Each is parsed, type-checked and limited in size and cost, then flattened to a program of core/rule. What a program
// cannot do is no condition: texts, lists but for "in", functions, macros, and a divisor that may be 0. Sums and products stop at the
// largest and the least number of 64 bits, where CEL would fail.
//
// It owns no state, and judges nothing: the venue runs the programs itself. Default is the pack of a venue that was given no other.
//
// What it refuses, with file, line, column and reason: fields that it does not know, a field twice, files over MaxFile bytes, aliases and
// anchors, rules without a test that fires and one that does not, tests that do not come out as they say.
package rules
