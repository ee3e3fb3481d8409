package feature

import "portcullis/core/instruction"

// crowd are the customers that something was counted for last. What is counted for strangers counts a customer once while he is
// among them: nobody with a hundred keys of his own makes a network or an integrator look like the source of a leak, which
// would shut others out.
type crowd [4]instruction.Account

// new says that a customer is not among them, and puts him there.
func (c *crowd) new(x instruction.Account) bool {
	for _, a := range c {
		if a == x {
			return false
		}
	}
	copy(c[1:], c[:3])
	c[0] = x
	return true
}
