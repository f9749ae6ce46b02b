import { Channel, invoke } from '@tauri-apps/api/core';
import type { Push } from '../contract';
import type { Backend } from './backend';

/** The engine behind Tauri's commands. Nothing else in the window knows Tauri. */
export function tauri(): Backend {
  return {
    subscribe: (onPushes) => invoke('subscribe', { pushes: new Channel<Push[]>(onPushes) }),
    ask: (question) => invoke('ask', { question }),
    person: (id) => invoke('person', { id }),
    why: (id, text) => invoke('why', { id, text }),
    tell: (id, told) => invoke('tell', { id, told }),
    setPolicy: (policy) => invoke('set_policy', { policy }),
    look: (why, people) => invoke('look', { why, people }),
    call: (request) => invoke('call', { request }),
    favourite: (person, on) => invoke('favourite', { person, on }),
    lists: () => invoke('lists'),
    arrange: (change) => invoke('arrange', { change }),
    undo: () => invoke('undo'),
    redo: () => invoke('redo'),
    groupLink: (id) => invoke('group_link', { id }),
    readGroups: (text) => invoke('read_groups', { text }),
    saveGroups: (ids) => invoke('save_groups', { ids }),
    watch: (wish) => invoke('watch', { wish }),
    watches: () => invoke('watches'),
    chooseWatch: (id, choice) => invoke('choose_watch', { id, choice }),
    consults: () => invoke('consults'),
    settings: () => invoke('settings'),
    saveSettings: (settings) => invoke('save_settings', { settings }),
    setUp: (form) => invoke('set_up', { form }),
    tryAgain: () => invoke('try_again'),
    startDemo: () => invoke('start_demo'),
    readInvitation: (text) => invoke('read_invitation', { text }),
    join: (invitation) => invoke('join', { invitation }),
    signIn: (form) => invoke('sign_in', { form }),
    signedIn: () => invoke('signed_in'),
    stopSignIn: () => invoke('stop_sign_in'),
    yourRelay: () => invoke('your_relay'),
    leave: () => invoke('leave'),
    dismiss: (code) => invoke('dismiss', { code }),
    hide: () => invoke('hide'),
    painted: (rows, moves) => invoke('painted', { rows, moves }),
    copy: (text) => invoke('copy', { text }),
  };
}
