/* SPDX-License-Identifier: MIT */
#pragma once

/* One wrong deed each. The first eleven end the process by a fault; the last three go on, and only
 * a memory checker sees them. */

void fault_null(void);
void fault_wild(void);
void fault_text(void);
void fault_constant(void);
void fault_ghost(void);
void fault_stack(void);
void fault_jump(void);
void fault_data(void);
void fault_uninitialised(void);
void fault_overrun(void);
void fault_leak(void);

/* Of faults_*.c. */
void fault_divide(void);
void fault_illegal(void);
void fault_privileged(void);
