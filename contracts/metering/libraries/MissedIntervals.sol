// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.24;

import {Checkpoints} from "@openzeppelin/contracts/utils/structs/Checkpoints.sol";
import {MeterState} from "./MeterState.sol";

/**
 * @title Intervals of a meter that left the window without a report
 * @notice They wait for a backfill, each for one. Nothing is kept of a meter that misses none. Two forms, which never
 * overlap: single intervals as bits, 256 a word; and, where a meter was silent for longer than the window, the whole
 * range that was never in it (a hole), of which the intervals that came since are marked. A range of any length costs
 * the same.
 */
library MissedIntervals {
    using Checkpoints for Checkpoints.Trace224;

    struct Missed {
        /// Bit interval mod 256 of word interval / 256: it left the window without a report.
        mapping(uint256 word => uint256) single;
        /// The same for intervals of holes: a report came since.
        mapping(uint256 word => uint256) filled;
        /// The last interval of a hole by its first.
        Checkpoints.Trace224 holes;
    }

    /// @notice Keeps what a step of the window left behind.
    /// @param newest The newest interval before the step.
    /// @param interval The newest since.
    /// @param dropped As `MeterState.take` gives it.
    function add(Missed storage missed, uint256 newest, uint256 interval, uint256 dropped) internal {
        // The bits of at most 32 neighbours lie in one word or two.
        uint256 word = type(uint256).max;
        uint256 bits = 0;
        for (uint256 i = MeterState.WINDOW; dropped != 0;) {
            --i;
            if ((dropped >> i) & 1 == 0) continue;
            dropped ^= 1 << i;
            uint256 lost = newest - 1 - i;
            if (lost >> 8 != word) {
                if (bits != 0) missed.single[word] |= bits;
                (word, bits) = (lost >> 8, 0);
            }
            bits |= 1 << (lost & 0xff);
        }
        if (bits != 0) missed.single[word] |= bits;
        // Casts: intervals are below 2^32.
        if (interval > newest + 1 + MeterState.WINDOW) {
            missed.holes.push(uint32(newest + 1), uint224(interval - 1 - MeterState.WINDOW));
        }
    }

    /// @notice Whether an interval waits for a backfill.
    function contains(Missed storage missed, uint256 interval) internal view returns (bool) {
        (uint256 word, uint256 bit) = (interval >> 8, 1 << (interval & 0xff));
        if (missed.single[word] & bit != 0) return true;
        return _inHole(missed, interval) && missed.filled[word] & bit == 0;
    }

    /// @notice Takes an interval out.
    /// @return Whether it was in.
    function remove(Missed storage missed, uint256 interval) internal returns (bool) {
        if (!contains(missed, interval)) return false;
        (uint256 word, uint256 bit) = (interval >> 8, 1 << (interval & 0xff));
        if (missed.single[word] & bit != 0) missed.single[word] ^= bit;
        else missed.filled[word] |= bit;
        return true;
    }

    function _inHole(Missed storage missed, uint256 interval) private view returns (bool) {
        // The hole that begins last at or before it; 0 if there is none. No hole holds interval 0.
        return interval != 0 && missed.holes.upperLookupRecent(uint32(interval)) >= interval;
    }
}
