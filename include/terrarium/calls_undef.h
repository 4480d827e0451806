/* SPDX-License-Identifier: MIT */
/* Ends a view of calls.def. No include guard: included once per view. */
#undef TR_CALL0
#undef TR_CALL1
#undef TR_CALL2
#undef TR_CALL3
#undef TR_CALL4
#undef TR_CALL5
#undef TR_CALL6
