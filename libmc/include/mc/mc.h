/* mc.h - all of libmc */
#ifndef MC_MC_H
#define MC_MC_H

#include <mc/addr.h>
#include <mc/base.h>
#include <mc/bridge.h>
#include <mc/capture.h>
#include <mc/craft.h>
#include <mc/delay.h>
#include <mc/dissect.h>
#include <mc/frame.h>
#include <mc/gm.h>
#include <mc/group.h>
#include <mc/host.h>
#include <mc/hosts.h>
#include <mc/iface.h>
#include <mc/ifstat.h>
#include <mc/inject.h>
#include <mc/issue.h>
#include <mc/membership.h>
#include <mc/mroute.h>
#include <mc/netns.h>
#include <mc/observer.h>
#include <mc/probe.h>
#include <mc/router.h>
#include <mc/rtp.h>
#include <mc/rx.h>
#include <mc/seq.h>
#include <mc/sockets.h>
#include <mc/spec.h>
#include <mc/tx.h>

#endif
