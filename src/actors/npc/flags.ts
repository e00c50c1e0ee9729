/** Bits of a decision's last input. */
export const flag = {
  weatherproof: 1,
  surplus: 2,
  canBuyFood: 4,
  hasMarket: 8,
  hasShrine: 16,
  hasWork: 32,
  hasWatch: 64,
  dangerIsLocal: 128,
} as const;
