/* The handful of user32 functions that a message window needs, with their Win64 signatures. */
#ifndef DTOLSIM_USER32_LINUX_H
#define DTOLSIM_USER32_LINUX_H

#include "sdk.h"

typedef struct {
  HWND hwnd;
  uint32_t message;
  uint64_t wParam;
  int64_t lParam;
  uint32_t time;
  int32_t x, y;
} MSG;

_Static_assert(sizeof(MSG) == 48, "MSG has 48 bytes on 64-bit Windows");

SDK HWND CreateWindowExW(uint32_t dwExStyle, const uint16_t *lpClassName, const uint16_t *lpWindowName,
    uint32_t dwStyle, int32_t x, int32_t y, int32_t nWidth, int32_t nHeight, HWND hWndParent, uint64_t hMenu,
    uint64_t hInstance, void *lpParam);
SDK int32_t DestroyWindow(HWND hWnd);
SDK int32_t IsWindow(HWND hWnd);
SDK int32_t PostMessageW(HWND hWnd, uint32_t message, uint64_t wParam, int64_t lParam);
SDK int32_t PeekMessageW(MSG *lpMsg, HWND hWnd, uint32_t wMsgFilterMin, uint32_t wMsgFilterMax, uint32_t wRemoveMsg);
SDK uint32_t MsgWaitForMultipleObjectsEx(uint32_t nCount, const uint64_t *pHandles, uint32_t dwMilliseconds,
    uint32_t dwWakeMask, uint32_t dwFlags);

/* Live windows of the process, and their end: for leak tests and a reset. */
uint32_t user32_windows(void);
void user32_destroy_all(void);

#endif
