// Package operator takes the commands of those who run the venue, over a Unix socket in the data directory, and over another
// one that other users reach where some of them are operators too.
//
// It owns these sockets, and no state: a command that changes something becomes an instruction for the engine, is judged and
// journalled under the caller's user id like any other, and its reply is built from the durable record: sequence, verdict
// and refusal. A command that only reads is answered from the engine's durable state.
//
// Form: HTTP over the socket, one POST per command with a JSON object, at most MaxRequest bytes. Amounts and prices are
// texts of decimal digits in whole assets, such as "0.5". Fields that are not known are an error.
//
// What it refuses: callers whose user id, as the kernel tells it, is neither the venue's own, nor root, nor named as an
// operator's (the mode of a socket's file lets nobody in by itself); requests of another form; mandates that no key may have. It can do nothing that the gate does not let an operator do.
//
// Secrets: where the venue makes a key for a customer, the private key or HMAC secret is in the reply to that one command
// and nowhere else: an HMAC secret is kept sealed, a private key not at all.
package operator
