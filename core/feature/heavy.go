package feature

import "portcullis/core/instruction"

// heavy keeps the weightiest of many in a few places (Misra and Gries): who is in one gains weight; a newcomer takes an empty
// place, or else all lose as much as the lightest has, and the newcomer what is left of its own. So a share is never told
// higher than it is, and lower by at most 1 in as many parts as there are places and one more; and no flood of small ones can
// push out somebody who is heavier than all of them together. It gives the place, -1 for none, and whether it is a new one.
func heavy(who []instruction.Account, weight []amount, x instruction.Account, n uint64) (place int, fresh bool) {
	n = min(max(n, 1), maxAmount)
	lightest := 0
	for i, w := range who {
		if w == x && weight[i] != 0 {
			weight[i].add(n)
			return i, false
		}
		if weight[i] < weight[lightest] {
			lightest = i
		}
	}
	less := min(weight[lightest], amount(n))
	for i := range weight {
		weight[i] -= less
		if weight[i] == 0 {
			who[i] = 0
		}
	}
	if n -= uint64(less); n == 0 {
		return -1, false
	}
	who[lightest], weight[lightest] = x, amount(n)
	return lightest, true
}

// lighten lets time pass for the places.
func lighten(who []instruction.Account, weight []amount, left uint64) {
	for i := range weight {
		if weight[i].decay(left); weight[i] == 0 {
			who[i] = 0
		}
	}
}

// share is how many percent the heaviest has of a whole, and how many there are.
func share(weight []amount, whole amount) (percent, some int64) {
	most := amount(0)
	for _, w := range weight {
		if w != 0 {
			most = max(most, w)
			some++
		}
	}
	return Part(most, whole, 100), some
}

// Part is how many parts of a whole there are, where the whole has so many; at most all.
func Part[T ~uint64](n, whole T, parts uint64) int64 {
	if whole == 0 {
		return 0
	}
	if n >= whole {
		return int64(parts) // #nosec G115 -- 100 or 1000
	}
	for n > 1<<50 {
		n, whole = n>>1, whole>>1
	}
	return int64(uint64(n) * parts / uint64(whole)) // #nosec G115 -- at most parts
}
