package tagged

const there = 2
