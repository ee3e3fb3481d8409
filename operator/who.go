package operator

import (
	"fmt"
	"os"
	"slices"
	"strings"
)

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
