// Package backtest says what a pack of rules would have done with what a journal has: it folds the records through the core, and
// asks the rules about each instruction that rules judge, as things stood before it, by the same function that the gate asks.
//
// It owns what it counts, and nothing else: it reads a journal and snapshots, writes nowhere, and a venue may be running on them. Reading
// and decoding go on beside folding, in a fixed number of batches; what is counted grows with keys and accounts that are stopped
// or labelled, never with the journal's length.
//
// Whose an instruction is, an owner's or a thief's, is said by labels: those of a file, or, where there is none, the incidents of the
// journal itself. See Labels. It refuses a journal that ends in the middle of a history it cannot begin (its start was removed and no
// snapshot can be read), and one that is wholly of a layout in which features were not taught.
//
// What it cannot know: what whoever was stopped would have done instead. Records that followed an instruction that the rules would
// have stopped are judged all the same, with all that came of it; and one that was stopped at the time has nothing that came of it.
package backtest
