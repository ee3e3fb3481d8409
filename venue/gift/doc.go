// Package gift is what people do with gift codes over HTTP: a page for whoever was given one, which needs no script, and the same as
// JSON at /gift/v1/…. It also has what other edges need that let keys and owners issue codes: how codes look, are made and kept.
//
// It owns the text of codes. A code is 128 random bits, shown once to who issues it and stored nowhere: the journal has an HMAC of it,
// whose key (Pepper) lies in a file of its own beside the journal, and what the issuer writes to the receiver is sealed under a key that
// only the code gives. It owns no state beyond counts of attempts; what is claimed becomes an instruction, and its answer is read off the
// durable record.
//
// What it refuses: codes that are mistyped, before anything is looked up; more than so many attempts of a network in ten minutes; wrong
// codes beyond a number in all; addresses that the asset's chain does not have. A code that is not there, expired, taken back, or claimed
// for another receiver gets one and the same answer, and never reaches the journal: it is looked for in the durable state first. Nothing
// is claimed by GET, so that no preview of a link takes a gift.
//
// Invariants: who claims again for the same receiver gets the first answer and its payout; the answers of two claims of one code for
// different receivers are never both yes. What pays out is known by a receipt, which tells nothing of the code and cannot be guessed.
package gift
