package core

import "portcullis/core/instruction"

// Matter is what waits under the number, or nil. It must not be changed.
func (s *State) Matter(id instruction.MatterID) *instruction.Matter { return s.owner.Matter(id) }

// Matters is what of the account waits, by ascending number. It must not be changed.
func (s *State) Matters(a instruction.Account) []instruction.MatterID { return s.owner.Of(a) }

// Wait is how long what the customer's owner adds waits.
func (s *State) Wait(customer instruction.Account) instruction.Time { return s.owner.Wait(customer) }
