// Package instruction is the venue's closed vocabulary: the instructions that can move money or change who may, the
// principals that give them, the verdicts on them, the events that follow, and the record that binds the four. It also
// holds their persisted form.
//
// Instructions and events are sealed sum types: a new kind is added here, with a number of its own that is never used
// again, and the compiler and the golden vectors lead to every place that must know it. Records are written in fixed
// little-endian layouts behind a version byte; a layout that was ever released is never changed, only followed by a
// newer version.
//
// The package owns no state. Decoding refuses anything that is truncated, unknown or longer than it says; it never
// panics on any input.
package instruction
