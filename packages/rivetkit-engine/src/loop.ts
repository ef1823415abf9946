/** How an iteration says what comes next. */
export const Loop: {
  /** Go on with the next iteration and this state. */
  continue: <S>(state: S) => { continue: true; state: S };
  /** Leave the loop with this value. */
  break: <T>(value: T) => { break: true; value: T };
} = {
  continue: (state) => ({ continue: true, state }),
  break: (value) => ({ break: true, value }),
};
