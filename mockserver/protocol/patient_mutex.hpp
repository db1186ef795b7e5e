#pragma once

#include <pthread.h>

namespace mockoauth::server {

/// A mutex for what takes a microsecond: who finds it locked looks again a few times before it sleeps, since being put to
/// sleep and woken takes many times as long. Otherwise as std::mutex; not for std::condition_variable.
class PatientMutex {
 public:
  PatientMutex() = default;
  ~PatientMutex() { ::pthread_mutex_destroy(&mutex_); }
  PatientMutex(const PatientMutex&) = delete;
  PatientMutex& operator=(const PatientMutex&) = delete;

  void lock() { ::pthread_mutex_lock(&mutex_); }
  bool try_lock() { return ::pthread_mutex_trylock(&mutex_) == 0; }
  void unlock() { ::pthread_mutex_unlock(&mutex_); }

 private:
#ifdef PTHREAD_ADAPTIVE_MUTEX_INITIALIZER_NP
  pthread_mutex_t mutex_ = PTHREAD_ADAPTIVE_MUTEX_INITIALIZER_NP;
#else
  pthread_mutex_t mutex_ = PTHREAD_MUTEX_INITIALIZER;
#endif
};

}  // namespace mockoauth::server
