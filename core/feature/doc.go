// Package feature keeps what detection rules read of the past: what keys, accounts, markets, networks, pairs of accounts and
// integrators did lately, each in a record of fixed size, in whole numbers. instruction.Feature names them; package core feeds
// them with what happened and asks for their values.
//
// It owns these records. It knows nothing of prices, equity or mandates: amounts come as what they were worth, in units of the
// valuation asset, and go out so. It judges nobody and refuses nothing; what does not fit a bound is forgotten by a rule that is
// said at each bound, so that whoever floods a bound gains nothing by it.
//
// Counts and amounts are decayed: what happened counts for e^(-age/window), see window. All that is relative to a time is by
// the clock of waits, in whole seconds or hours, so that no jump of a clock ends a window. There is no float, nothing depends on
// the order of a map, and what is read is the same whenever it is read: state is a fold of what was told. A key, account or pair
// that does nothing costs nothing; a key that does, 200 bytes. One goroutine uses Features at a time; many may read at once.
package feature

import "portcullis/core/instruction"

// Second is a time of the clock of waits in whole seconds since 1970.
type Second uint32

// SecondOf is the second of a time of the clock of waits.
func SecondOf(waits instruction.Time) Second {
	return Second(min(max(waits, 0)/instruction.Second, 1<<32-1)) // #nosec G115 -- bounded before
}

// hour is the hour that a second lies in.
func (s Second) hour() uint32 { return uint32(s / 3600) }

const (
	day     = 24      // hours
	quarter = 90 * 24 // hours for which a network or a market stays known
)
