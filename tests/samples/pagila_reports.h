/* Reports over Pagila, as tests of their own. */
#ifndef SAMPLES_PAGILA_REPORTS_H
#define SAMPLES_PAGILA_REPORTS_H

#include <check.h>

TCase *pagila_reports(void);

#endif
