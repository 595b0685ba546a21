// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

/**
 * @title What a usage report needs to know of its meter, in one word
 * @notice
 *
 *     bit 255      224 223      192 191     160 159                   0
 *         |  newest   |   window   |   until   |   signer (address)   |
 *
 * `newest` is the latest interval of which there is a report, as τ / interval length; bit i of `window` is set if the
 * interval newest - 1 - i needs no report any more; `until` is the last second (since 1970) at which the session key
 * `signer` holds. A meter that counts from interval f on begins with newest = f - 1 and a full window.
 *
 * An interval behind the window is not open here any more. Those that leave the window without a report are told to the
 * caller, which keeps them for the backfill: hence no interval is taken twice, whatever the order.
 */
library MeterState {
    /// @notice How many intervals behind the newest are open.
    uint256 internal constant WINDOW = 32;

    uint256 private constant _UNTIL_SHIFT = 160;
    uint256 private constant _WINDOW_SHIFT = 192;
    uint256 private constant _NEWEST_SHIFT = 224;
    uint256 private constant _FULL = type(uint32).max;

    enum Verdict {
        /// Taken; the new state has it.
        Taken,
        /// In the window, and taken before.
        Seen,
        /// Behind the window.
        Behind
    }

    /// @notice The state of a meter that counts from an interval on, without a session.
    /// @param first The interval, from 1 to 2^32 - 1.
    function start(uint256 first) internal pure returns (uint256) {
        return ((first - 1) << _NEWEST_SHIFT) | (_FULL << _WINDOW_SHIFT);
    }

    function signer(uint256 state) internal pure returns (address) {
        return address(uint160(state));
    }

    function until(uint256 state) internal pure returns (uint256) {
        return uint32(state >> _UNTIL_SHIFT);
    }

    function newest(uint256 state) internal pure returns (uint256) {
        return state >> _NEWEST_SHIFT;
    }

    function window(uint256 state) internal pure returns (uint256) {
        return uint32(state >> _WINDOW_SHIFT);
    }

    /// @notice The state with another session key.
    function withSession(uint256 state, address signer_, uint256 until_) internal pure returns (uint256) {
        return ((state >> _WINDOW_SHIFT) << _WINDOW_SHIFT) | (until_ << _UNTIL_SHIFT) | uint160(signer_);
    }

    /**
     * @notice Takes the report of an interval.
     * @param interval Below 2^32.
     * @return verdict Whether it is taken; if not, the rest is of no use.
     * @return next The state with it.
     * @return dropped Intervals that leave the window without a report: bit i for newest - 1 - i. Those between the old
     * newest and the new window, if any, come on top.
     */
    function take(
        uint256 state,
        uint256 interval
    ) internal pure returns (Verdict verdict, uint256 next, uint256 dropped) {
        // No overflow: all are below 2^32, shifts at most 33; each difference is taken where it is positive.
        unchecked {
            uint256 last = newest(state);
            uint256 seen = window(state);
            if (interval > last) {
                uint256 step = interval - last;
                if (step > WINDOW + 1) step = WINDOW + 1;
                // The highest `step` bits leave; the old newest comes in.
                dropped = (~seen & _FULL) & ~(_FULL >> step);
                seen = ((seen << step) | (1 << (step - 1))) & _FULL;
                next = (interval << _NEWEST_SHIFT) | (seen << _WINDOW_SHIFT);
            } else {
                uint256 behind = last - interval;
                if (behind > WINDOW) return (Verdict.Behind, 0, 0);
                if (behind == 0) return (Verdict.Seen, 0, 0);
                uint256 bit = 1 << (behind - 1);
                if (seen & bit != 0) return (Verdict.Seen, 0, 0);
                next = (last << _NEWEST_SHIFT) | ((seen | bit) << _WINDOW_SHIFT);
            }
            next |= state & (type(uint256).max >> 64);
        }
    }
}
