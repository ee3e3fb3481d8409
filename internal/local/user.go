package local

import (
	"fmt"
	"math"
)

// nobody is the user whom systems name where they cannot say who it is.
const nobody = 65534

// CheckUsers says whether users can be named as callers that are answered: the system must be able to tell each from everybody else.
func CheckUsers(users []uint32) error {
	for _, u := range users {
		if u == nobody || u == math.MaxUint32 {
			return fmt.Errorf("user %d is whom the system names where it does not know who it is: name the user id of a person, as id -u shows it", u)
		}
	}
	return nil
}
