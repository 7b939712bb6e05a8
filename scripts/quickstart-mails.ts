/** The two new mails that the quickstart's model judges; invented. */
export const MAILS = [
  'Congratulations! You have been selected to receive a free gift. Click here now to claim your $1000 prize, this offer expires today!!!',
  'Hi Anna, I looked at the patch you sent to the list. The test fails on my machine when the buffer is empty; could you have a look?',
] as const;
