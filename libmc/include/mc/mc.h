/* mc.h - all of libmc */
#ifndef MC_MC_H
#define MC_MC_H

#include <mc/addr.h>
#include <mc/base.h>
#include <mc/delay.h>
#include <mc/frame.h>
#include <mc/group.h>
#include <mc/probe.h>
#include <mc/rtp.h>
#include <mc/seq.h>
#include <mc/spec.h>

#endif
