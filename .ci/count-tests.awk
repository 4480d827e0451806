# SPDX-License-Identifier: MIT
#
# Counts test cases in ctest's LastTest.log and prints the one line "N passed, N failed". Of a test
# that counts its own cases (CMocka, or a line of this very form) the cases are taken; any other
# test is one case. A test that ended badly without a failed case (a crash, a time-out) is one.
function finish() {
    if (!inside) {
        return
    }
    if (passed + failed == 0) {
        if (good) { passed = 1 } else { failed = 1 }
    } else if (!good && failed == 0) {
        failed = 1
    }
    all_passed += passed
    all_failed += failed
    inside = 0
}

/^[0-9]+\/[0-9]+ Testing: / { finish(); inside = 1; passed = failed = good = 0; next }
/^\[  PASSED  \] [0-9]+ test/ { passed += $4; next }
/^\[  FAILED  \] [0-9]+ test/ { failed += $4; next }
/^[0-9]+ passed, [0-9]+ failed$/ { passed += $1; failed += $3; next }
/^Test Passed\.$/ { good = 1; next }

END {
    finish()
    printf "%d passed, %d failed\n", all_passed, all_failed
    exit all_passed + all_failed == 0 || all_failed > 0
}
