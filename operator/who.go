package operator

import (
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
)

// nobody is the user whom systems name where they cannot say who it is.
const nobody = 65534

// CheckOperators says whether users can be named as operators: the system must be able to tell each from everybody else.
func CheckOperators(users []uint32) error {
	for _, u := range users {
		if u == nobody || u == math.MaxUint32 {
			return fmt.Errorf("user %d is whom the system names where it does not know who it is: name the user id of a person, as id -u shows it", u)
		}
	}
	return nil
}

// operators are the users who may give commands, in order of their numbers.
func (s *Server) operators() []uint32 {
	all := append([]uint32{0, uint32(os.Geteuid())}, s.cfg.Operators...) // #nosec G115 -- a user id
	slices.Sort(all)
	return slices.Compact(all)
}

// notYou tells a user that he may not give commands, and who may.
func (s *Server) notYou(user uint32) string {
	own := os.Geteuid()
	var more strings.Builder
	for _, u := range s.operators() {
		if u != 0 && int(u) != own {
			fmt.Fprintf(&more, "user %d, ", u)
		}
	}
	return fmt.Sprintf("User %d may not give the operator's commands; user %d, who runs the venue, %sand root may.", user, own, more.String())
}
