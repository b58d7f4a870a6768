import { spawn } from 'node:child_process';

/**
 * Ends a process of ours should this one die, however it dies: a shell waits at a pipe that the operating system closes
 * with us. Answers how to call it off, which must be done once the process has ended: process ids are reused.
 */
export function endWithUs(pid: number): () => void {
  const dog = spawn('/bin/sh', ['-c', `read -r _; kill -9 ${pid}`], {
    stdio: ['pipe', 'ignore', 'ignore'],
    // A Ctrl-C in the terminal is for us; the dog stays until we are gone.
    detached: true,
  });
  // Where there is no shell, a kill -9 leaves the process behind.
  dog.on('error', () => undefined);
  dog.stdin.on('error', () => undefined);
  dog.unref();
  (dog.stdin as unknown as { unref(): void }).unref();
  return () => {
    dog.kill('SIGKILL');
  };
}
